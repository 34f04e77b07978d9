/** Gets all of a list that comes in pages. */
export async function allPages<Answer extends { nextToken: string }, Item>(page: (nextToken: string | undefined) => Promise<Answer>, items: (answer: Answer) => Item[]): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const answer = await page(token);
    all.push(...items(answer));
    token = answer.nextToken || undefined;
  } while (token);
  return all;
}
