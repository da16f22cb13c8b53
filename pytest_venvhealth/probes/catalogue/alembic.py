# imports: alembic, alembic.command, alembic.config, alembic.autogenerate, alembic.migration
# exercises: on SQLite: a database compared with its models, operations, two revisions run up and
#   down by the environment of the shipped template
# versions: >=1.7
import os
import pathlib

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations

models = sa.MetaData()
name = sa.Column("name", sa.String(50), index=True)
sa.Table("pet", models, sa.Column("id", sa.Integer, primary_key=True), name)
engine = sa.create_engine("sqlite://")
with engine.connect() as connection:
    context = MigrationContext.configure(connection)
    op = Operations(context)
    found = [change[0] for change in compare_metadata(context, models)]
    assert found == ["add_table", "add_index"], found
    op.create_table("pet", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("pet", sa.Column("name", sa.String(50)))
    op.create_index("ix_pet_name", "pet", ["name"])
    assert compare_metadata(context, models) == []
engine.dispose()

engine = sa.create_engine("sqlite:///probe.db", poolclass=sa.pool.NullPool)
with open(os.devnull, "w") as nowhere:
    config = Config("alembic.ini", stdout=nowhere)
    command.init(config, "migrations")
    config.set_main_option("sqlalchemy.url", "sqlite:///probe.db")
    config.set_main_option("script_location", "migrations")
    for table in ("a", "b"):
        path = pathlib.Path(command.revision(config, "step", rev_id="rev_" + table).path)
        before, middle, after = path.read_text("utf-8").split("    pass")
        up = "    op.create_table('{}', sa.Column('x', sa.Integer))".format(table)
        down = "    op.drop_table('{}')".format(table)
        path.write_text(before + up + middle + down + after, "utf-8")
    command.upgrade(config, "head")
    assert sa.inspect(engine).get_table_names() == ["a", "alembic_version", "b"]
    command.downgrade(config, "-1")
    assert sa.inspect(engine).get_table_names() == ["a", "alembic_version"]
engine.dispose()
