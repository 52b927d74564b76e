"""The pages of the system officer and of the security officer: who works here, and what each may."""

from app.officers import security_views
from app.officers.views import bp

__all__ = ["bp", "security_views"]
