// The review page as a route of the desk.
import { useParams } from '@tanstack/react-router';
import { ReviewPage } from './review-page.tsx';

export function ReviewRoute() {
  const { id } = useParams({ from: '/gate/r/$id' });
  return <ReviewPage id={id} />;
}
