// SPDX-License-Identifier: Apache-2.0
// agent.smithy - the messages between region and agent: a closed set of verbs on ids and enums.
// No path, command or text for another program ever comes from the region. See src/host/README.md.
$version: "2.0"

namespace nephele.agent

@aws.api#service(sdkId: "Agent", endpointPrefix: "agent")
@aws.auth#sigv4(name: "agent")
@smithy.protocols#rpcv2Cbor
service Agent {
    version: "1"
    operations: [
        Doctor
        EnsureProcess
        Hello
        ListProcesses
        StopProcess
    ]
}

@nephele#read
operation Hello {
    input: HelloRequest
    output: HelloReply
}

@nephele#write
operation EnsureProcess {
    input: EnsureProcessRequest
    output: EnsureProcessReply
}

@nephele#write
operation StopProcess {
    input: StopProcessRequest
    output: StopProcessReply
}

@nephele#read
operation ListProcesses {
    input: ListProcessesRequest
    output: ListProcessesReply
}

@nephele#read
operation Doctor {
    input: DoctorRequest
    output: DoctorReply
}

@pattern("^[a-z0-9][a-z0-9-]*$")
@length(min: 1, max: 63)
string ProcessId

enum ProcessKind {
    probe
}

enum ProcessState {
    running
    ended
}

structure HelloRequest {
    @required
    Version: Integer
}

structure HelloReply {
    @required
    Version: Integer
    @required
    Pid: Integer
    @required
    Holder: Integer
    @required
    Namespaces: Boolean
    @required
    UserNamespace: Boolean
}

structure EnsureProcessRequest {
    @required
    Id: ProcessId
    @required
    Kind: ProcessKind
}

structure EnsureProcessReply {
    @required
    Process: Process
}

structure StopProcessRequest {
    @required
    Id: ProcessId
}

// Empty when nothing of that name is left.
structure StopProcessReply {
    Process: Process
}

structure ListProcessesRequest {}

structure ListProcessesReply {
    @required
    Processes: ProcessList
}

@length(max: 256)
list ProcessList {
    member: Process
}

// How it ended: ExitCode, or Signal; neither when its init was killed too.
structure Process {
    @required
    Id: ProcessId
    @required
    Kind: ProcessKind
    @required
    State: ProcessState
    Pid: Integer
    ExitCode: Integer
    Signal: Integer
}

structure DoctorRequest {}

structure DoctorReply {
    @required
    Findings: FindingList
}

list FindingList {
    member: Finding
}

structure Finding {
    @required
    Name: String
    @required
    Fine: Boolean
    @required
    Text: String
}

// In place of a reply.
structure Failure {
    @required
    Message: String
}
