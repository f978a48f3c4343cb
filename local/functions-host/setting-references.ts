import { HostError } from './host-error.ts';

const REFERENCE = /%([^%]+)%/g;

/** Replaces each `%NAME%` in a binding option by the app setting of that name, as the platform does. */
export function resolveSettings(text: string, functionName: string): string {
  return text.replace(REFERENCE, (_, name: string) => {
    const value = process.env[name];
    if (value !== undefined) return value;
    throw new HostError(
      'NO_SETTING',
      `Function "${functionName}" refers to %${name}%, but there is no such app setting.`,
    );
  });
}
