"""Labels by people: kept in SQLite, made on a page, turned into gold."""
