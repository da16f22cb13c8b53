# imports: sqlalchemy, sqlalchemy.orm
# exercises: on SQLite in memory: an expression compiled to SQL, a join with aggregates, types,
#   mapped classes with a relationship, a transaction rolled back
# versions: >=1.4.41
import datetime
import decimal

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

Base = orm.declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), nullable=False, unique=True)
    books = orm.relationship("Book", back_populates="author", order_by="Book.year")


class Book(Base):
    __tablename__ = "book"
    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String)
    year = sa.Column(sa.Integer)
    bought = sa.Column(sa.Date)
    price = sa.Column(sa.Numeric(8, 2, asdecimal=True))
    author_id = sa.Column(sa.ForeignKey("author.id"))
    author = orm.relationship("Author", back_populates="books")


query = sa.select(Book.title).where(Book.year > 1900, Book.title == "Emma").limit(2)
compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
text = " ".join(str(compiled).split())
wanted = "SELECT book.title FROM book WHERE book.year > 1900 AND book.title = 'Emma' LIMIT 2"
assert text == wanted, text

engine = sa.create_engine("sqlite://", future=True)
Base.metadata.create_all(engine)
with orm.Session(engine, future=True) as session:
    austen = Author(name="Austen")
    austen.books = [Book(title="Emma", year=1815), Book(title="Persuasion", year=1817)]
    day, price = datetime.date(2024, 2, 29), decimal.Decimal("12.35")
    woolf = Author(name="Woolf", books=[Book(title="Orlando", year=1928, bought=day, price=price)])
    session.add_all([austen, woolf])
    session.commit()

    counts = sa.select(Author.name, sa.func.count(Book.id).label("n"), sa.func.min(Book.year))
    counts = counts.join(Author.books).group_by(Author.name).order_by(sa.desc("n"))
    rows = session.execute(counts).all()
    assert rows == [("Austen", 2, 1815), ("Woolf", 1, 1928)] and rows[0].n == 2, rows

    session.expire_all()
    book = session.scalars(sa.select(Book).where(Book.title == "Orlando")).one()
    assert (book.bought, book.price, book.author.name) == (day, price, "Woolf")
    eager = sa.select(Author).options(orm.selectinload(Author.books)).order_by(Author.id)
    titles = [[book.title for book in author.books] for author in session.scalars(eager)]
    assert titles == [["Emma", "Persuasion"], ["Orlando"]], titles

    session.add(Author(name="Woolf"))
    try:
        session.flush()
    except sa.exc.IntegrityError:
        session.rollback()
    else:
        raise AssertionError("a unique name was accepted twice")

engine.dispose()
