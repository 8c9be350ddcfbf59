DROP INDEX `deliveries_newest`;--> statement-breakpoint
CREATE INDEX `deliveries_by_time` ON `deliveries` (`organization`,`created_at`,`id`);