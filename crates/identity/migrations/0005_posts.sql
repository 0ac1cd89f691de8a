-- Units of an authority (机构): 部门, 处室, 窗口, 代办点. `parent` is empty for what lies directly under the authority.
CREATE TABLE org_units (
    id TEXT NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    parent TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX org_units_under ON org_units (authority, parent, name, id);
CREATE UNIQUE INDEX org_units_named ON org_units (authority, parent, name) WHERE ended_at IS NULL;

-- A post may be for a division with all in it (only to administer), may belong to a unit of its authority, and may be
-- another's, held in that one's stead from day to day (代岗): `stands_for` is the post, `principal` whose it is.
ALTER TABLE posts ADD COLUMN division TEXT;
ALTER TABLE posts ADD COLUMN unit TEXT;
ALTER TABLE posts ADD COLUMN stands_for TEXT;
ALTER TABLE posts ADD COLUMN principal TEXT;
DROP INDEX posts_in_force;
CREATE UNIQUE INDEX posts_in_force ON posts (person, code, COALESCE(authority, ''), COALESCE(item, ''),
    COALESCE(division, ''), COALESCE(stands_for, '')) WHERE ended_at IS NULL;
CREATE INDEX posts_by_unit ON posts (unit, person) WHERE unit IS NOT NULL;
CREATE INDEX posts_stood_for ON posts (stands_for) WHERE stands_for IS NOT NULL;
CREATE INDEX posts_by_principal ON posts (principal, id) WHERE principal IS NOT NULL;

-- Days on which people leave (离岗): what they held ends with that day. `held` says, as JSON, what each post's last day was before,
-- so that another day can be set. `done_at`: sessions and tokens were ended.
CREATE TABLE leavings (
    person TEXT NOT NULL PRIMARY KEY,
    last_day TEXT,
    held TEXT NOT NULL,
    done_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX leavings_due ON leavings (last_day) WHERE done_at IS NULL;
