-- What belongs to the store itself.
CREATE TABLE setting (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE member (id text PRIMARY KEY, seen timestamptz NOT NULL) WITH (fillfactor = 50);
CREATE TABLE writer (
    member text NOT NULL REFERENCES member ON DELETE CASCADE,
    slot int NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (member, slot)
) WITH (fillfactor = 50);
CREATE TABLE ownership (partition int PRIMARY KEY, epoch bigint NOT NULL, owner text) WITH (fillfactor = 50);
CREATE INDEX ownership_owner ON ownership (owner);

-- One table per keyspace, by partition first. Looked up and updated in place:
CREATE TABLE meta (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 70);
CREATE TABLE actor (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 80);
CREATE TABLE trait (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 80);
CREATE TABLE ledger (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 90);
CREATE TABLE channel (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 70);
CREATE TABLE cursor (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key)) WITH (fillfactor = 50);
CREATE TABLE retry (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key));
CREATE TABLE dead_letter (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key));

-- Written once, and deleted from below:
CREATE TABLE dedupe (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key))
    WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE outbox (partition int, key bytea, value bytea NOT NULL, PRIMARY KEY (partition, key))
    WITH (autovacuum_vacuum_scale_factor = 0.05);
