// The components' own colours and sizes under stable names, for our style sheets: theirs have a hash that changes by release.
import {
  borderRadiusContainer,
  colorBackgroundContainerContent,
  colorBackgroundLayoutMain,
  colorBorderDividerDefault,
  colorBorderItemFocused,
  colorTextBodyDefault,
  colorTextBodySecondary,
  colorTextLinkDefault,
  fontFamilyBase,
  fontFamilyMonospace,
} from "@cloudscape-design/design-tokens";

const names = {
  "--ground": colorBackgroundLayoutMain,
  "--surface": colorBackgroundContainerContent,
  "--line": colorBorderDividerDefault,
  "--focus": colorBorderItemFocused,
  "--text": colorTextBodyDefault,
  "--text-quiet": colorTextBodySecondary,
  "--accent": colorTextLinkDefault,
  "--radius": borderRadiusContainer,
  "--font": fontFamilyBase,
  "--font-code": fontFamilyMonospace,
};

/** Names them on the body: there the class is that makes them dark. */
export function nameTokens(): void {
  for (const [name, value] of Object.entries(names)) document.body.style.setProperty(name, value);
}
