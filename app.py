"""The application: routes, jobs and middleware put together. What they do is in chalicelib."""

from chalice.app import Chalice, CORSConfig

from chalicelib.jobs import JOBS
from chalicelib.routes import BLUEPRINTS, MIDDLEWARE

app = Chalice(app_name="quoll", configure_logs=False)
app.api.binary_types = ["*/*"]
app.api.cors = CORSConfig(allow_origin="*", allow_headers=["*"], max_age=86400)

for middleware in MIDDLEWARE:
    app.register_middleware(middleware, "http")
for blueprint in (*BLUEPRINTS, *JOBS):
    app.register_blueprint(blueprint)
