"""The application: routes, jobs and middleware put together. What they do is in chalicelib."""

from chalice.app import Chalice, CORSConfig

from chalicelib.config import is_chalice_cli
from chalicelib.jobs import JOBS
from chalicelib.routes import BLUEPRINTS, MIDDLEWARE

app = Chalice(app_name="quoll", configure_logs=False)
app.api.binary_types = ["*/*"]
app.api.cors = CORSConfig(allow_origin="*", allow_headers=["*"], max_age=86400)

for middleware in MIDDLEWARE:
    app.register_middleware(middleware, "http")
for blueprint in (*BLUEPRINTS, *JOBS):
    app.register_blueprint(blueprint)

if is_chalice_cli():  # what is only about deploying is neither shipped nor imported in Lambda
    from chalicelib.deploy.chalice_cli import prepare_deployment

    prepare_deployment(app)
