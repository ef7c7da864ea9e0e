-- Takes the record of what operators did with it; keep a backup.
DROP TABLE operator_events;
