let pending: Promise<void> | undefined;
let drawing = false;

/**
 * Waits for the moment of the next animation frame in which the page is drawn.
 *
 * Within that moment it answers at once, so that what an element tells its children is drawn in
 * the same frame. A hidden page has no frames: what is to be drawn waits until it is seen.
 */
export async function nextFrame(): Promise<void> {
  if (drawing) return;
  pending ??= new Promise((resolve) => {
    requestAnimationFrame(() => {
      pending = undefined;
      drawing = true;
      resolve();
    });
    // Runs in the same frame, after everything that waited for the first has been drawn.
    requestAnimationFrame(() => {
      drawing = false;
    });
  });
  return pending;
}
