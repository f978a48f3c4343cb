import type { z } from 'zod';
import { ArmError } from '../http/errors.ts';

/** Checks a body of the admin endpoint. @throws ArmError 400 that names the field */
export function parseAdmin<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new ArmError(400, { code: 'InvalidAdminRequest', message });
}
