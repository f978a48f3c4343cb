import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import type { ArmRequest, ArmResponse } from '../http/exchange.ts';
import type { Handle } from '../http/route.ts';
import { CONFIGURATION_PROVIDER } from '../ids.ts';
import type { ActivityStatus } from './book.ts';

/**
 * The same handler with its requests in the activity log: PUT and PATCH as `write`, DELETE as `delete`. A long operation is
 * `Accepted`; its own end, which Azure adds when somebody asks for it, is left out.
 */
export function logged(kind: 'fluxConfigurations' | 'extensions', handle: Handle): Handle {
  return (cloud, request) => {
    const end = begin(cloud, kind, request);
    try {
      const answer = handle(cloud, request);
      end(statusOf(answer), answer.status);
      return answer;
    } catch (error) {
      end('Failed', error instanceof ArmError ? error.status : 500);
      throw error;
    }
  };
}

function begin(
  { activities }: Cloud,
  kind: string,
  { method, path, principal }: ArmRequest,
): (status: ActivityStatus, httpStatus: number) => void {
  const common = {
    resourceId: decodeURIComponent(path).replace(/\/$/, ''),
    operationId: activities.nextOperationId(),
    caller: principal,
    operation: `${CONFIGURATION_PROVIDER}/${kind}/${method === 'DELETE' ? 'delete' : 'write'}`,
  };
  activities.record({ ...common, status: 'Started', httpStatus: undefined });
  return (status, httpStatus) => activities.record({ ...common, status, httpStatus });
}

function statusOf({ headers }: ArmResponse): ActivityStatus {
  return headers?.['Azure-AsyncOperation'] === undefined ? 'Succeeded' : 'Accepted';
}
