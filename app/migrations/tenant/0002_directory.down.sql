-- Takes back 0002 with everything that was written into it; keep a backup.
DROP TABLE memberships;
DROP TABLE departments;
DROP TABLE organizations;
DROP INDEX users_list;
ALTER TABLE users DROP COLUMN role;
