import { Navigate } from 'react-router';
import { useAllowed } from '../session/session';
import { NotFound } from './NotFound';
import { places } from './navigation';

/** Leads to the first place that the person may see. */
export function Home() {
  const allowed = useAllowed();
  const first = places.find(({ scopes }) => allowed(...scopes));
  return first ? <Navigate replace to={first.path} /> : <NotFound />;
}
