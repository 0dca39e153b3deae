// The bar at the top: the site's name, light or dark, and who is signed in.
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useLocation } from "wouter";
import type { Site } from "../../shared/contract/catalogue.ts";
import type { Person } from "../../shared/contract/person.ts";
import mark from "./headgate.svg";
import { useFollow } from "./page-link.tsx";
import { type Theme, themes } from "./theme.ts";
import { useTheme } from "./use-theme.ts";

type TopBarProps = { site: Site | undefined; person: Person | undefined; signOut: (() => Promise<void>) | undefined };

const themeWords: Record<Theme, string> = { light: "Light", dark: "Dark", system: "As the system" };

const words: TopNavigationProps.I18nStrings = {
  overflowMenuTriggerText: "More",
  overflowMenuTitleText: "More",
  overflowMenuBackIconAriaLabel: "Back",
  overflowMenuDismissIconAriaLabel: "Close the menu",
};

export function TopBar({ site, person, signOut }: TopBarProps) {
  const [, navigate] = useLocation();
  const [theme, setTheme] = useTheme();
  const follow = useFollow();
  const utilities: TopNavigationProps.Utility[] = [
    {
      type: "menu-dropdown",
      iconSvg: halfDisc,
      title: "Theme",
      ariaLabel: `Theme: ${themeWords[theme]}`,
      items: themes.map((id) => ({ id, text: themeWords[id], itemType: "checkbox", checked: id === theme })),
      onItemClick: ({ detail }) => setTheme(themes.find((id) => id === detail.id) ?? "system"),
    },
  ];
  if (signOut)
    utilities.push({
      type: "menu-dropdown",
      iconName: "user-profile",
      text: person?.handle ?? "Account",
      ...(person ? { description: person.email } : {}),
      items: [
        ...(person?.status === "active" ? [{ id: "account", text: "Account and API tokens", href: "/account" }] : []),
        { id: "sign-out", text: "Sign out" },
      ],
      onItemFollow: (event) => {
        event.preventDefault();
        navigate(event.detail.href ?? "/");
      },
      onItemClick: ({ detail }) => {
        if (detail.id === "sign-out") void signOut();
      },
    });
  return (
    <TopNavigation
      identity={{
        href: "/",
        title: site?.name ?? "Headgate",
        logo: { src: mark, alt: "Headgate logo" },
        onFollow: (event) => follow({ preventDefault: () => event.preventDefault(), detail: { href: "/" } }),
      }}
      utilities={utilities}
      i18nStrings={words}
    />
  );
}

const halfDisc = (
  <svg viewBox="0 0 16 16" focusable="false" aria-hidden="true">
    <circle cx="8" cy="8" r="6" />
    <path d="M8 3v10a5 5 0 0 0 0-10Z" className="filled" />
  </svg>
);
