-- Takes every setting and its history with it; keep a backup.
DROP TABLE config_documents;
