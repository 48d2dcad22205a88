// How a page may be looked at: on a small and on a large screen, by day and by night.

const widths = [320, 1280];
const colorSchemes = ['light', 'dark'];

export const looks = widths.flatMap((width) => colorSchemes.map((colorScheme) => ({ width, colorScheme })));

/** Without animations, so that what is seen is what stays. */
export async function look(page, { width, colorScheme }) {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
}
