import { ListScreen } from '../../list/ListScreen';
import { auditEvents } from './auditEvents';

/** The audit trail of the server. */
export function AuditList() {
  return <ListScreen list={auditEvents} />;
}
