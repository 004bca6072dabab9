"""The rules of a programme as data, and what may be concluded from them. Pure: no database, no clock, no file."""
