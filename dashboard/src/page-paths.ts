// The addresses that are pages of this app. The front (functions/[[path]].ts) serves these and hands every other address
// to the Worker; a test holds this list equal to the router's.

/** In the router's own form: `$id` is one segment. */
export const PAGE_PATHS = [
  '/',
  '/requests',
  '/requests/$id',
  '/r/$id',
  '/audit',
  '/metrics',
  '/policy',
  '/people',
  '/machines',
  '/delivery',
  '/break-glass',
  '/changes',
  '/checkpoint',
  '/account',
  '/sign-in',
  '/verify',
  '/setup',
  '/join',
  '/recover',
] as const;

const PATTERNS = PAGE_PATHS.map((path) => new RegExp(`^${path.replace('$id', '[^/]+')}/?$`));

/** Whether the path of a URL is one of a page. */
export const isPage = (pathname: string): boolean => PATTERNS.some((pattern) => pattern.test(pathname));
