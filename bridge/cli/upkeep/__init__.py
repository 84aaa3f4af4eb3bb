"""Looking after the database: `db` migrates, backs up, copies and prunes it."""
