import { fetchPart } from '../state/parts';

/** The dialogs of the dashboard, each fetched when it is first wanted. */
const LOADS = {
  'ds-account-dialog': () => import('./account-dialog'),
  'ds-help-dialog': () => import('./help-dialog'),
  'ds-product-search': () => import('./product-search'),
  'ds-settings': () => import('./settings-dialog'),
} as const;

type DialogTag = keyof typeof LOADS;

/** The dialog of a page, once it has been fetched and drawn; none if it could not be fetched. */
export async function dialogOf<Tag extends DialogTag>(
  page: ParentNode,
  tag: Tag,
): Promise<HTMLElementTagNameMap[Tag] | undefined> {
  if ((await fetchPart<unknown>(LOADS[tag])) === undefined) return undefined;
  const dialog = page.querySelector(tag);
  if (dialog === null) throw new Error(`the page has no ${tag}`);
  await dialog.updateComplete;
  return dialog;
}
