"""The roles of the diagrams' lanes: what each is called, at which level it sits, which office acts in it."""

from __future__ import annotations

from dataclasses import dataclass

DEPARTMENT_ROLE = "industry_dept"
"""Stands for many departments; ``industry_dept:civil_affairs`` names one of them."""

DEPARTMENTS = {
    "civil_affairs": "民政",
    "health": "卫健",
    "medical_insurance": "医保",
    "housing": "住建",
    "education": "教育",
    "disabled_federation": "残联",
    "emergency": "应急管理",
    "human_resources": "人力资源社会保障",
    "agriculture": "农牧",
    "water": "水利",
    "transport": "交通",
    "forestry": "林草",
    "party_organisation": "县委组织",
    "party_publicity": "县委宣传",
    "political_legal": "政法",
    "office_party": "机关工委",
    "staffing": "编办",
    "development_reform": "发改",
    "industry": "工信",
    "public_security": "公安",
    "natural_resources": "自然资源",
    "environment": "生态环境",
    "culture": "文旅广",
    "taxation": "税务",
    "market": "市场监督管理",
    "desert_control": "防沙治沙",
    "central_bank": "人行",
    "commerce_federation": "工商联",
    "investment": "投资促进",
    "science_association": "科协",
    "youth_league": "团委",
}
"""Department keys and the words the sources use for them."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role as a diagram names it."""

    id: str
    name: str
    level: str
    office: str
    department: str = ""


_TABLE = (
    Role("household", "农牧户", "village", "village_committee"),
    Role("village_committee", "村（嘎查）委员会", "village", "village_committee"),
    Role("village_branch", "村党支部", "village", "village_committee"),
    Role("village_two_committees", "村“两委”", "village", "village_committee"),
    Role("village_task_force", "村级巩固成果衔接振兴工作专班", "village", "village_committee"),
    Role("resident_team", "驻村帮扶工作队", "village", "village_committee"),
    Role("helper", "帮扶联系人", "village", "village_committee"),
    Role("township_cadre_in_charge_of_village", "包村乡镇干部", "township", "township_government"),
    Role("township_gov", "乡镇（街道、苏木）", "township", "township_government"),
    Role("county_rvb", "乡村振兴局", "county", "rural_revitalisation"),
    Role("county_finance", "财政局", "county", "finance"),
    Role("petition_bureau", "信访局", "county", "petition"),
    Role("netmon_office", "网监办", "county", "netmon"),
    Role("procedure_admin", "事项管理员", "county", "rural_revitalisation"),
    Role("joint_meeting", "防止返贫致贫联席会议", "county", "rural_revitalisation"),
    Role("supervisor", "督导", "county", "supervision"),
    Role("project_owner", "项目实施主体", "county", "project_owner"),
    Role("third_party_appraiser", "第三方评估机构", "county", "appraiser"),
    Role("third_party_evaluator", "第三方绩效评价机构", "county", "evaluator"),
    Role("third_party_auditor", "第三方审计机构", "county", "auditor"),
    Role("insurer", "保险机构", "county", "insurer"),
    Role("bank", "银行机构", "county", "bank"),
    Role("lead_unit", "牵头单位", "department", DEPARTMENT_ROLE),
    Role("responsible_unit", "责任单位", "department", DEPARTMENT_ROLE),
    Role(DEPARTMENT_ROLE, "行业主管部门", "department", DEPARTMENT_ROLE),
)

ROLES = {role.id: role for role in _TABLE} | {
    f"{DEPARTMENT_ROLE}:{key}": Role(
        f"{DEPARTMENT_ROLE}:{key}", f"行业主管部门（{word}）", "department", DEPARTMENT_ROLE, key
    )
    for key, word in DEPARTMENTS.items()
}
"""Every role by its id."""

OFFICERS = {
    "system_officer": "系统管理员",
    "security_officer": "安全管理员",
    "audit_officer": "审计管理员",
}
"""The three officers (三员): kinds of account, never granted roles."""

NOT_STAFF = ("household", "procedure_admin", "supervisor")
"""Roles whose holders handle no case: nobody asks them to sign, nobody delegates to them."""

OFFICE_UNIT = "系统管理"
"""The unit shown beside an officer's name; officers belong to no office that handles cases."""


def role_name(role: str) -> str:
    """What ``role`` is called on screen; an unknown id is shown as it is."""
    if role in ROLES:
        return ROLES[role].name
    return OFFICERS.get(role, role)
