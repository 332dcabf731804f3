"""The SQL that fills each relation: `<relation>.sql` is one SELECT with the relation's columns."""
