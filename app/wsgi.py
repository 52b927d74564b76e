"""What gunicorn loads."""

from app import create_app
from app.logs import configure
from app.settings import Settings

configure()
app = create_app(Settings.from_environment())
