CREATE TABLE `approval_requests` (
	`id` text NOT NULL,
	`organization` text NOT NULL,
	`status` text NOT NULL,
	`action` text NOT NULL,
	`resource` text NOT NULL,
	`actor` text NOT NULL,
	`requester` text NOT NULL,
	`risk` text NOT NULL,
	`rule` text,
	`seq` integer NOT NULL,
	`document` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`decided_at` text,
	`decided_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approval_requests_newest` ON `approval_requests` (`organization`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `approval_requests_pending` ON `approval_requests` (`organization`,`created_at`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`origin` text NOT NULL,
	`size` integer NOT NULL,
	`root` text NOT NULL,
	`note` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`origin`, `size`)
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`organization` text NOT NULL,
	`endpoint` text NOT NULL,
	`event` text NOT NULL,
	`event_type` text NOT NULL,
	`object` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` text,
	`last_status` integer,
	`last_error` text,
	`body` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`organization`,`next_attempt_at`) WHERE status = 'due';--> statement-breakpoint
CREATE INDEX `deliveries_newest` ON `deliveries` (`organization`,`id`);--> statement-breakpoint
CREATE TABLE `delivery_attempts` (
	`delivery` text NOT NULL,
	`attempt` integer NOT NULL,
	`at` text NOT NULL,
	`status` integer,
	`error` text,
	`duration_ms` integer NOT NULL,
	PRIMARY KEY(`delivery`, `attempt`)
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` text NOT NULL,
	`organization` text NOT NULL,
	`object` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`at` text NOT NULL,
	`by` text NOT NULL,
	`ledger_index` integer NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_newest` ON `events` (`organization`,`ledger_index`);