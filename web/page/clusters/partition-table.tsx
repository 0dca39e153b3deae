// The partitions of a cluster with what they have and give at most.
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Partition } from "../../../shared/contract/catalogue.ts";
import { minutesWords } from "../new-job/resource-fields.ts";
import { sizeWords } from "../words.ts";

export function PartitionTable({ partitions, label }: { partitions: readonly Partition[]; label: string }) {
  const some = (has: (partition: Partition) => unknown) => partitions.some((one) => has(one) !== undefined);
  const gpus = some((one) => one.gpusPerNode);
  const limited = some((one) => one.accounts ?? one.qos);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="partitions" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Nodes
            </th>
            <th scope="col" className="number">
              CPUs per node
            </th>
            <th scope="col" className="number">
              Memory per node
            </th>
            {gpus && (
              <th scope="col" className="number">
                GPUs per node
              </th>
            )}
            <th scope="col" className="number">
              Time at most
            </th>
            {limited && <th scope="col">For</th>}
          </tr>
        </thead>
        <tbody>
          {partitions.map((one) => (
            <tr key={one.name}>
              <th scope="row">
                {one.name}
                {one.default && <span className="quiet"> (default)</span>}
              </th>
              <td data-label="State">
                <StatusIndicator type={one.up === false ? "stopped" : "success"}>
                  {one.up === false ? "Starts no jobs" : "Up"}
                </StatusIndicator>
              </td>
              <td className="number" data-label="Nodes">
                {one.nodes}
                {one.maxNodes !== undefined && one.maxNodes < one.nodes && (
                  <span className="quiet"> (at most {one.maxNodes} for a job)</span>
                )}
              </td>
              <td className="number" data-label="CPUs per node">
                {one.cpusPerNode}
              </td>
              <td className="number" data-label="Memory per node">
                {sizeWords(one.memoryMbPerNode * 1_000_000)}
              </td>
              {gpus && (
                <td className="number" data-label="GPUs per node">
                  {one.gpusPerNode ?? "–"}
                </td>
              )}
              <td className="number" data-label="Time at most">
                {one.maxMinutes === undefined ? "no limit" : minutesWords(one.maxMinutes)}
              </td>
              {limited && (
                <td className="users" data-label="For">
                  {usersWords(one)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Who may use it: "accounts physics, chemistry; QOS long". */
function usersWords({ accounts, qos }: Partition): string {
  const words = [...(accounts ? [`accounts ${accounts.join(", ")}`] : []), ...(qos ? [`QOS ${qos.join(", ")}`] : [])];
  return words.length === 0 ? "everybody" : words.join("; ");
}
