// A tag of a job: leads to all jobs that have it.
import { Link } from "wouter";
import { addressOf } from "./views.ts";

export function TagLink({ tag }: { tag: string }) {
  return (
    <Link href={addressOf(`tag=${encodeURIComponent(tag)}`)} className="tag" title={`All jobs tagged ${tag}`}>
      <bdi>{tag}</bdi>
    </Link>
  );
}
