# imports: pydantic_settings
# exercises: settings read from arguments, the environment, an .env file, a folder of secrets and
#   defaults, in this order; nested models, JSON values, an error
# versions: >=2.1
import os
from pathlib import Path
from typing import List, Optional

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Path("dot.env").write_text(
    "# comment\nPROBE_NAME='from file'\nPROBE_PORT=1\nPROBE_DB__HOST=db.example\n", "utf-8"
)
Path("secrets").mkdir()
Path("secrets", "probe_token").write_text("s3cret\n", "utf-8")


class Database(BaseModel):
    host: str = "localhost"
    port: int = 5432


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PROBE_",
        env_nested_delimiter="__",
        env_file="dot.env",
        secrets_dir="secrets",
    )
    name: str
    port: int = 80
    debug: bool = False
    sizes: List[int] = []
    token: Optional[str] = None
    db: Database = Database()


os.environ.update(PROBE_PORT="8080", probe_debug="yes", PROBE_SIZES="[1, 2]", PROBE_DB__PORT="1234")
assert Settings().model_dump() == {
    "name": "from file",
    "port": 8080,
    "debug": True,
    "sizes": [1, 2],
    "token": "s3cret",
    "db": {"host": "db.example", "port": 1234},
}, Settings()
assert Settings(port=9).port == 9

os.environ["PROBE_PORT"] = "many"
try:
    Settings()
except ValidationError as error:
    assert [each["loc"] for each in error.errors()] == [("port",)], error.errors()
else:
    raise AssertionError("a port that is no number was accepted")
