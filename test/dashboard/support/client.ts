// A browser without a screen: keeps the cookie, sends what a browser's form sends, follows nothing by itself.
export interface Client {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As a form of the page does: with its origin. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** The proof in the forms of the page at `path`. */
  proof(path?: string): Promise<string>;
  /** Text of the page that an answer sends to. */
  follow(answer: Response): Promise<string>;
  cookie(): string;
}

export function openClient(url: string): Client {
  let cookie = '';

  async function call(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) };
    const answer = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    const [pair = ''] = (answer.headers.get('set-cookie') ?? '').split(';', 1);
    if (pair !== '') cookie = pair;
    return answer;
  }

  const get: Client['get'] = (path, headers = {}) => call(path, { headers });

  return {
    get,
    post: (path, fields, headers = { origin: url }) =>
      call(path, { method: 'POST', body: new URLSearchParams(fields), headers }),
    async proof(path = '/') {
      return proofIn(await (await get(path)).text());
    },
    async follow(answer) {
      return (await get(answer.headers.get('location') ?? '/nowhere')).text();
    },
    cookie: () => cookie,
  };
}

function proofIn(page: string): string {
  return /name="proof" value="([\w-]+)"/.exec(page)?.[1] ?? '';
}
