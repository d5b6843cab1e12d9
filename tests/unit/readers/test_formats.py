"""The table of docs/formats.md: every format, encoding and oddity in it is read right."""

from bench import formats


def test_every_cell_of_the_table_is_right():
    found = formats.run()
    assert found["wrong"] == []
    assert int(str(found["files"])) > 300
