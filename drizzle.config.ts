// Generates the SQL in migrations/ from migrations/schema.ts: `npx drizzle-kit generate`.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './migrations/schema.ts', out: './migrations' });
