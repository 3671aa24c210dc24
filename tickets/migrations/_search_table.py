"""The words tickets are found by: a tsvector under a GIN index on PostgreSQL, a full-text table on SQLite."""

# No foreign key to the ticket: flush truncates only tables of models, and words without a ticket lead nowhere.
POSTGRESQL = (
    "CREATE TABLE tickets_searchdoc (ticket_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    # A short pending list: searches read all of it, and the default (4 MB) costs more than the words themselves.
    "CREATE INDEX tickets_searchdoc_words ON tickets_searchdoc USING gin (words) WITH (gin_pending_list_limit = 256)",
)
# The words come tokenised, in one case and parted by spaces; the row's id is the ticket's.
SQLITE = ("CREATE VIRTUAL TABLE tickets_searchdoc USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')",)


def make(apps, schema_editor):
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE tickets_searchdoc")
