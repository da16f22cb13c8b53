# imports: alembic, alembic.command, alembic.config, alembic.autogenerate, alembic.runtime.migration
# exercises: on SQLite: operations and batch mode, the difference of a database to its models, a
#   revision written from it, run up and down by the environment of the shipped template
# versions: >=1.7
import os
import pathlib
import tempfile

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

models = sa.MetaData()
sa.Table(
    "pet",
    models,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("age", sa.Integer),
    sa.Index("by_name", "name"),
)
engine = sa.create_engine("sqlite://")
with engine.connect() as connection:
    context = MigrationContext.configure(connection)
    op = Operations(context)
    found = [change[0] for change in compare_metadata(context, models)]
    assert found == ["add_table", "add_index"], found
    text = render_python_code(produce_migrations(context, models).upgrade_ops)
    assert "op.create_table('pet'" in text and "sa.String(length=50)" in text, text

    op.create_table("pet", sa.Column("id", sa.Integer, primary_key=True), sa.Column("nam", sa.Text))
    op.bulk_insert(sa.table("pet", sa.column("nam")), [{"nam": "Rex"}])
    op.add_column("pet", sa.Column("age", sa.Integer))
    with op.batch_alter_table("pet") as batch:
        batch.alter_column("nam", new_column_name="name", type_=sa.String(50), nullable=False)
    op.create_index("by_name", "pet", ["name"])
    assert compare_metadata(context, models) == []
    rows = connection.execute(sa.text("SELECT id, name, age FROM pet")).fetchall()
    assert [tuple(row) for row in rows] == [(1, "Rex", None)], rows
engine.dispose()

with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
    scripts = pathlib.Path(folder, "migrations").as_posix()
    url = "sqlite:///" + pathlib.Path(folder, "probe.db").as_posix()
    config = Config(os.path.join(folder, "alembic.ini"), stdout=nowhere)
    command.init(config, scripts)
    config.set_main_option("sqlalchemy.url", url)
    config.set_main_option("script_location", scripts)
    for number, up, down in (
        ("1", "op.create_table('a', sa.Column('x', sa.Integer))", "op.drop_table('a')"),
        ("2", "op.create_table('b', sa.Column('y', sa.Integer))", "op.drop_table('b')"),
    ):
        path = pathlib.Path(command.revision(config, "step " + number, rev_id=number).path)
        before, middle, after = path.read_text("utf-8").split("    pass")
        path.write_text(before + "    " + up + middle + "    " + down + after, "utf-8")
    directory = ScriptDirectory.from_config(config)
    assert directory.get_heads() == ["2"]
    assert [step.revision for step in directory.walk_revisions()] == ["2", "1"]

    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    command.upgrade(config, "head")
    assert sa.inspect(engine).get_table_names() == ["a", "alembic_version", "b"]
    command.downgrade(config, "-1")
    assert sa.inspect(engine).get_table_names() == ["a", "alembic_version"]
    command.downgrade(config, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
