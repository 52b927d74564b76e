from tests.forms.desk import asking, judged, posted, text, wrong_when_typed


def test_a_file_must_be_there_of_the_right_type_and_size():
    photo = text("filepicker", properties={"kind": "image"})

    assert judged(asking(photo), posted(name="1")).answers() == {"name": [1]}
    assert wrong_when_typed(photo, "99") == "找不到编号为99的文件，请重新上传。"
    assert wrong_when_typed(photo, "2") == "“申请书.pdf”不是照片，请换一个文件。"
    assert wrong_when_typed(photo, "3") == "“很大.png”超过20MB，请压缩后重新上传。"
    assert wrong_when_typed(text("filepicker", properties={"accept": ".pdf,.docx"}), "2") == ""


def test_only_so_many_files_fit():
    one = text("filepicker", properties={"max_files": 1})

    assert judged(asking(one), {"name": [1, 2]}).errors["name"].startswith("最多上传1个文件，现有2个")
    assert judged(asking(text("filepicker", properties={"kind": "signature"})), {"name": [1, 3]}).errors
