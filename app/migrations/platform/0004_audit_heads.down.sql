-- The chains stay, but nobody knows any more where they ended.
DROP TABLE audit_heads;
