-- Two accounts for a site on PostgreSQL: `yiwang_owner` makes and changes tables (`init`, `migrate`, `restore`), `yiwang_site` serves and
-- can do nothing but read and write rows. Run it once as a superuser in the site's database, before `yiwang init`; then give both
-- passwords, or certificates in pg_hba.conf. A test of the product runs a site with the second account made by these very lines.

CREATE ROLE yiwang_owner LOGIN;
CREATE ROLE yiwang_site LOGIN;

-- Nobody else finds anything here.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO yiwang_owner;
GRANT USAGE ON SCHEMA public TO yiwang_site;

-- Of what the owner makes from now on, rows alone.
ALTER DEFAULT PRIVILEGES FOR ROLE yiwang_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO yiwang_site;
