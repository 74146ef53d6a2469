"""A database of SQLite's that is spoken to as one with pgvector: its drivers need a server.

What the instrumentation of a driver writes is the statement and the words for the database, and
both are given here; only the answers are made up.
"""

from __future__ import annotations

import sqlite3

SEARCH = "SELECT id, name FROM public.hotels ORDER BY embedding <=> %s LIMIT 2"


class Cursor:
    """A cursor that has found two hotels, whatever it is asked."""

    rowcount = 2

    def execute(self, statement, parameters=()):
        if "hostels" in statement:
            raise sqlite3.OperationalError("no such table: hostels")

    def fetchall(self):
        return [(1, "Machiya Sen"), (2, "Kamo Tower")]

    def close(self):
        """Nothing is open."""


class Connection:
    """A connection to nobody."""

    def cursor(self):
        return Cursor()


def connected():
    from opentelemetry.instrumentation import dbapi

    return dbapi.instrument_connection(
        "opentelemetry.instrumentation.psycopg",
        Connection(),
        "postgresql",
        {"database": "info.dbname", "port": "info.port", "host": "info.host"},
    ).cursor()


def search(llm):
    connected().execute(SEARCH, ("[0.1,0.9,0.0]",))


def select(llm):
    connected().execute("SELECT name FROM public.hotels WHERE id = %s", (1,))


def sqlalchemy_select(llm):
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
    from sqlalchemy import create_engine, text

    engine = create_engine("sqlite://")
    SQLAlchemyInstrumentor().instrument(engine=engine)
    with engine.connect() as connection:
        connection.execute(text("SELECT '[0.1]' AS name, 'a <=> b' AS note"))
    SQLAlchemyInstrumentor().uninstrument()


def failure(llm):
    connected().execute(SEARCH.replace("hotels", "hostels"))
