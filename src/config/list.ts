import { z } from 'zod';

/** `a, b` as `['a', 'b']`. */
export const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
