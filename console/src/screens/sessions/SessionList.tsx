import { ListScreen } from '../../list/ListScreen';
import { sessions } from './sessions';

/** The sessions of everybody. */
export function SessionList() {
  return <ListScreen list={sessions} />;
}
