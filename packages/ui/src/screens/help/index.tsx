export function HelpScreen(): React.ReactNode {
  return <h1>HelpScreen</h1>;
}
