// Who one is, and one's API tokens.
export function AccountPage() {
  return <h1>Account</h1>;
}
