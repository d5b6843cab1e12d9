BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE outcome_bodies (
	attempt_id VARCHAR(96) NOT NULL, 
	response TEXT NOT NULL, 
	CONSTRAINT pk_outcome_bodies PRIMARY KEY (attempt_id)
);
INSERT INTO "outcome_bodies" VALUES('p1-1','{"ok": true}');
CREATE TABLE prompt_attempts (
	attempt_id VARCHAR(96) NOT NULL, 
	prompt_id VARCHAR(80) NOT NULL, 
	try_number INTEGER NOT NULL, 
	organization VARCHAR(64) NOT NULL, 
	feature VARCHAR(32) NOT NULL, 
	prompt_name VARCHAR(128) NOT NULL, 
	deployment VARCHAR(256) NOT NULL, 
	host VARCHAR(256) NOT NULL, 
	correlation_id VARCHAR(128) NOT NULL, 
	mapping_id VARCHAR(80), 
	created_at DATETIME NOT NULL, 
	app_version VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_prompt_attempts PRIMARY KEY (attempt_id)
);
INSERT INTO "prompt_attempts" VALUES('p1-1','p1',1,'acme','AiMapping','map-fields-v1','gpt','acme.openai.azure.com','c-1','m-1','2026-11-25 12:00:00.123456','0.1.0');
INSERT INTO "prompt_attempts" VALUES('p2-1','p2',1,'acme','RuleEngine','map-fields-v1','gpt','acme.openai.azure.com','c-1',NULL,'2026-11-24 12:00:00.123456','0.1.0');
INSERT INTO "prompt_attempts" VALUES('p3-1','p3',1,'acme','AiMapping','map-fields-v1','gpt','acme.openai.azure.com','c-1','m-1','2026-11-25 11:00:00.123456','0.1.0');
CREATE TABLE prompt_bodies (
	attempt_id VARCHAR(96) NOT NULL, 
	messages TEXT NOT NULL, 
	CONSTRAINT pk_prompt_bodies PRIMARY KEY (attempt_id)
);
INSERT INTO "prompt_bodies" VALUES('p1-1','[{"role": "system", "content": "Map."}, {"role": "user", "content": "Naïve 😀"}]');
INSERT INTO "prompt_bodies" VALUES('p2-1','[{"role": "system", "content": "Map."}, {"role": "user", "content": "Naïve 😀"}]');
INSERT INTO "prompt_bodies" VALUES('p3-1','[{"role": "system", "content": "Map."}, {"role": "user", "content": "Naïve 😀"}]');
CREATE TABLE prompt_outcomes (
	attempt_id VARCHAR(96) NOT NULL, 
	organization VARCHAR(64) NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	finished_at DATETIME NOT NULL, 
	latency_ms BIGINT NOT NULL, 
	model VARCHAR(256), 
	prompt_tokens BIGINT, 
	completion_tokens BIGINT, 
	cached_tokens BIGINT, 
	cost FLOAT, 
	currency VARCHAR(16), 
	finish_reason VARCHAR(64), 
	error_code VARCHAR(64), 
	error_detail VARCHAR(1000), 
	CONSTRAINT pk_prompt_outcomes PRIMARY KEY (attempt_id)
);
INSERT INTO "prompt_outcomes" VALUES('p1-1','acme','succeeded','2026-11-25 12:00:00.123456',812,'gpt-4.1-mini-2025-04-14',900,200,0,0.00068,'USD','stop',NULL,NULL);
INSERT INTO "prompt_outcomes" VALUES('p2-1','acme','failed','2026-11-25 12:00:00.123456',812,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'deployment_timeout','Too slow');
CREATE INDEX ix_prompt_attempts_list ON prompt_attempts (organization, created_at DESC, attempt_id DESC);
CREATE INDEX ix_prompt_attempts_prompt ON prompt_attempts (prompt_id);
CREATE INDEX ix_prompt_attempts_mapping ON prompt_attempts (organization, mapping_id);
CREATE INDEX ix_prompt_attempts_correlation ON prompt_attempts (organization, correlation_id);
COMMIT;
