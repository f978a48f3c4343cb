import { ArmError } from '../http/errors.ts';

/** Resource Graph's refusal of a query: a general message outside, the reason in the last detail. */
export function invalidQuery(code: string, message: string): ArmError {
  return new ArmError(400, {
    code: 'BadRequest',
    message: 'Please provide below info when asking for support: see the details.',
    details: [
      { code: 'InvalidQuery', message: 'Query is invalid. Please refer to the documentation of Azure Resource Graph.' },
      { code, message },
    ],
  });
}

/** A part of KQL that this evaluator (or real Resource Graph) does not have. */
export function unsupported(what: string): ArmError {
  return invalidQuery('UnsupportedQuery', `${what} is not supported.`);
}
