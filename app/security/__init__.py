"""Sign-in, sealing of personal data, tokens, the three officers and reading the audit."""

from app.security import factor_views, oidc_views
from app.security.views import bp

__all__ = ["bp", "factor_views", "oidc_views"]
