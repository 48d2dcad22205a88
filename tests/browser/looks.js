// The looks of a page: on a small and on a large screen, light and dark.

const widths = [320, 1280];
const colorSchemes = ['light', 'dark'];

export const looks = widths.flatMap((width) => colorSchemes.map((colorScheme) => ({ width, colorScheme })));

/** Without animations, so that screenshots show the final state. */
export async function look(page, { width, colorScheme }) {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
}
