const help = `Usage: linuxnet <command> [options]

The engine's commands, on the Pulumi project in this folder:
  up             create what is missing, change what differs
  preview        show what up would do, in network terms; with --diff, every value, as the engine shows it
  refresh        look at the machine and say what has changed there
  destroy        take everything away
  stack, config, cancel, ...
                 every other command of Pulumi, with all its options

Our own:
  setup          install what is missing: iproute2, ping, nftables, and the Pulumi engine
  explain FROM TO
                 say hop by hop how one namespace or host reaches another, or the first thing that is missing; --deployed, --json
  commands       print what up would run, as a script for bash
  gc             remove what a killed operation has left and the state does not know of, after asking; --yes
  import [NAMESPACE ...]
                 write a program for the network that is here, and adopt it unchanged: docs/import.md. Takes the place of
                 Pulumi's command of that name, which is "pulumi import"
  rootless [command ...]
                 run it, or a shell, as root of a network of your own, without being root: docs/hosts.md
  env            print what to set so that plain "pulumi" works: eval "$(npx linuxnet env)"

  --help         this text; "linuxnet up --help" for a command of the engine
  --version      the versions of linuxnet and of the engine

Where no stack is selected, the stack "dev" is made and selected. More: docs/engine.md.`;

export function printHelp(): number {
    console.log(help);
    return 0;
}
