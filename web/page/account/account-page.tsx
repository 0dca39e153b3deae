// Who one is here, one's Unix accounts, and the API tokens by which programs act as oneself.
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CopyButton } from "../copy-button.tsx";
import { useGateway } from "../gateway.ts";
import { Moment, useTitle } from "../parts.tsx";
import { AsCode } from "../snippets/as-code.tsx";
import { TokenPanel } from "./token-panel.tsx";

export function AccountPage() {
  const { site, person, clusters } = useGateway();
  useTitle("Account", site.name);
  const accounts = clusters.map(({ id, name }) => ({
    label: `Unix account on ${name}`,
    value: person.accounts[id] ?? "none: an administrator gives one",
  }));
  return (
    <ContentLayout header={<Header variant="h1">Account</Header>}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">You</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: "Name", value: person.handle },
              { label: "E-mail", value: person.email },
              { label: "Role", value: person.roles.includes("admin") ? "administrator" : "member" },
              { label: "Since", value: <Moment at={person.createdAt} /> },
              ...accounts,
              {
                label: "Id",
                value: (
                  <>
                    <code>{person.id}</code> <CopyButton text={person.id} what="your id" />
                  </>
                ),
              },
            ]}
          />
        </Container>
        <TokenPanel />
        <AsCode
          requests={[
            { method: "GET", path: "/v1/me" },
            { method: "GET", path: "/v1/tokens" },
          ]}
        />
      </SpaceBetween>
    </ContentLayout>
  );
}
