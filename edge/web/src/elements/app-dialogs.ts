/** The dialogs of the dashboard, each fetched when it is first wanted. */
const LOADS = {
  'ds-account-dialog': () => import('./account-dialog'),
  'ds-help-dialog': () => import('./help-dialog'),
  'ds-product-search': () => import('./product-search'),
  'ds-settings': () => import('./settings-dialog'),
} as const;

type DialogTag = keyof typeof LOADS;

/** The dialog of a page, once it has been fetched and drawn. */
export async function dialogOf<Tag extends DialogTag>(
  page: ParentNode,
  tag: Tag,
): Promise<HTMLElementTagNameMap[Tag]> {
  await LOADS[tag]();
  const dialog = page.querySelector(tag);
  if (dialog === null) throw new Error(`the page has no ${tag}`);
  await dialog.updateComplete;
  return dialog;
}
