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
        AttachVolume
        DetachVolume
        Doctor
        EnsureInstance
        EnsureInternet
        EnsureNetwork
        EnsureProcess
        EnsureSnapshot
        EnsureVolume
        Hello
        ListInstances
        ListNetworks
        ListProcesses
        ListVolumes
        MakeSockets
        OpenInstance
        RemoveInstance
        RemoveNetwork
        RemoveSnapshot
        RemoveVolume
        StopInstance
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

@nephele#write
operation AttachVolume {
    input: AttachVolumeRequest
    output: AttachVolumeReply
}

@nephele#write
operation DetachVolume {
    input: DetachVolumeRequest
    output: DetachVolumeReply
}

@nephele#write
operation EnsureInstance {
    input: EnsureInstanceRequest
    output: EnsureInstanceReply
}

@nephele#write
operation EnsureInternet {
    input: EnsureInternetRequest
    output: EnsureInternetReply
}

@nephele#write
operation EnsureNetwork {
    input: EnsureNetworkRequest
    output: EnsureNetworkReply
}

@nephele#write
operation EnsureSnapshot {
    input: EnsureSnapshotRequest
    output: EnsureSnapshotReply
}

@nephele#write
operation EnsureVolume {
    input: EnsureVolumeRequest
    output: EnsureVolumeReply
}

@nephele#read
operation ListInstances {
    input: ListInstancesRequest
    output: ListInstancesReply
}

@nephele#read
operation ListNetworks {
    input: ListNetworksRequest
    output: ListNetworksReply
}

@nephele#read
operation ListVolumes {
    input: ListVolumesRequest
    output: ListVolumesReply
}

@nephele#write
operation MakeSockets {
    input: MakeSocketsRequest
    output: MakeSocketsReply
}

@nephele#read
operation OpenInstance {
    input: OpenInstanceRequest
    output: OpenInstanceReply
}

@nephele#write
operation RemoveInstance {
    input: RemoveInstanceRequest
    output: RemoveInstanceReply
}

@nephele#write
operation RemoveNetwork {
    input: RemoveNetworkRequest
    output: RemoveNetworkReply
}

@nephele#write
operation RemoveSnapshot {
    input: RemoveSnapshotRequest
    output: RemoveSnapshotReply
}

@nephele#write
operation RemoveVolume {
    input: RemoveVolumeRequest
    output: RemoveVolumeReply
}

@nephele#write
operation StopInstance {
    input: StopInstanceRequest
    output: StopInstanceReply
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
    // Why instances cannot run on this host; absent: they can.
    NoInstances: String
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

// --- networks: one router for each VPC, and the region's own internet between them ---
// IPv4 addresses are numbers in host order. A network is told whole; members that are lists of others
// of it name them by their place.

structure Block {
    @required
    Address: Long
    @required
    Bits: Integer
}

list BlockList {
    member: Block
}

list IndexList {
    member: Integer
}

list AddressList {
    member: Long
}

// Protocol -1: all. From and To: ports; of ICMP (1) type and code, -1: any. A peer is one of Block,
// Group (members of a group of this network), Addresses.
structure Rule {
    @required
    Protocol: Integer
    From: Integer
    To: Integer
    Block: Block
    Group: Integer
    Addresses: AddressList
}

list RuleList {
    member: Rule
}

// Stateful; what no rule allows is dropped.
structure Group {
    @required
    Id: ProcessId
    Ingress: RuleList
    Egress: RuleList
}

list GroupList {
    member: Group
}

// In the order of their numbers; the first that fits decides, and without one it is dropped.
structure AclRule {
    @required
    Allow: Boolean
    @required
    Protocol: Integer
    From: Integer
    To: Integer
    @required
    Block: Block
}

list AclRuleList {
    member: AclRule
}

structure Acl {
    Ingress: AclRuleList
    Egress: AclRuleList
}

list AclList {
    member: Acl
}

enum RouteKind {
    internet
    nat
    interface
    peer
    blackhole
}

// Beside the routes of the network's own blocks, which every table has.
structure Route {
    @required
    Block: Block
    @required
    Kind: RouteKind
    // Of nat and interface: which one; of peer.
    Target: Integer
}

list RouteList {
    member: Route
}

structure Table {
    Routes: RouteList
    // Blocks of services that a gateway endpoint leads to: to the network's own door.
    Endpoints: BlockList
}

list TableList {
    member: Table
}

structure Subnet {
    @required
    Block: Block
    @required
    Acl: Integer
    @required
    Table: Integer
}

list SubnetList {
    member: Subnet
}

structure InterfaceAddress {
    @required
    Private: Long
    // Address outside; without one the internet is not reached by an internet gateway.
    Public: Long
}

list InterfaceAddressList {
    member: InterfaceAddress
}

// Of a guest: a pair of links, one end in its namespace. Without Guest it is the region's own: its
// addresses are those of the router, for sockets of the region (an endpoint's, a load balancer's).
structure Interface {
    @required
    Id: ProcessId
    Guest: ProcessId
    Device: Integer
    @required
    Mac: Long
    @required
    Addresses: InterfaceAddressList
    @required
    Subnet: Integer
    Groups: IndexList
    @required
    SourceCheck: Boolean
    LogAccept: Boolean
    LogReject: Boolean
}

list InterfaceList {
    member: Interface
}

// Connections take its addresses in turn; the first names it.
structure Nat {
    // All have one outside; or none has: private, to peers alone.
    @required
    Addresses: InterfaceAddressList
    @required
    Subnet: Integer
}

list NatList {
    member: Nat
}

structure Peer {
    @required
    Id: ProcessId
    @required
    Network: ProcessId
}

list PeerList {
    member: Peer
}

structure EnsureNetworkRequest {
    @required
    Id: ProcessId
    // Any change of what follows changes it; told back by ListNetworks.
    @required
    Version: Long
    @required
    Blocks: BlockList
    // Second address of the first block; 0: no resolver.
    Resolver: Long
    Internet: Boolean
    Subnets: SubnetList
    Tables: TableList
    Groups: GroupList
    Acls: AclList
    Interfaces: InterfaceList
    Nats: NatList
    Peers: PeerList
}

structure EnsureNetworkReply {}

structure RemoveNetworkRequest {
    @required
    Id: ProcessId
}

structure RemoveNetworkReply {}

structure ListNetworksRequest {}

structure NetworkState {
    @required
    Id: ProcessId
    @required
    Version: Long
}

list NetworkStateList {
    member: NetworkState
}

structure ListNetworksReply {
    @required
    Networks: NetworkStateList
}

// The region's own internet: who asks from the host comes from Client, services are at Services.
structure EnsureInternetRequest {
    @required
    Client: Long
    @required
    Pool: Block
    @required
    Services: BlockList
}

structure EnsureInternetReply {}

enum SocketKind {
    tcp
    udp
    // Packets that flow logs are about, as nflog tells them.
    log
    // Connections that ended, with their counters.
    flows
}

// Unbound sockets made in a network, or, without Network, in the internet; they travel with the reply.
structure MakeSocketsRequest {
    Network: ProcessId
    @required
    Kind: SocketKind
    @required
    Count: Integer
    // May have foreign addresses: accepts what was sent to others, sends as others.
    Transparent: Boolean
}

structure MakeSocketsReply {}

// --- instances ---

structure VolumeOn {
    @required
    Volume: ProcessId
    // "sda1", "sdf"
    @required
    Device: ProcessId
}

list VolumeOnList {
    member: VolumeOn
}

structure EnsureInstanceRequest {
    @required
    Id: ProcessId
    @required
    Image: ProcessId
    // Which range of user ids; no two instances have the same.
    @required
    Slot: Integer
    // The same number: the same boot; another one after stop or reboot.
    @required
    Boot: Integer
    @required
    MilliCpus: Integer
    @required
    MemoryMiB: Integer
    @required
    Hostname: String
    // User that gets the keys and may become root: "ec2-user"
    @required
    User: ProcessId
    @required
    Root: ProcessId
    Volumes: VolumeOnList
}

structure EnsureInstanceReply {
    @required
    Instance: InstanceState
}

structure StopInstanceRequest {
    @required
    Id: ProcessId
    Force: Boolean
}

structure StopInstanceReply {
    Instance: InstanceState
}

// What is left of one that has ended: its namespaces, console and folders, not its volumes.
structure RemoveInstanceRequest {
    @required
    Id: ProcessId
}

structure RemoveInstanceReply {}

structure ListInstancesRequest {
    // With counters of what they use.
    Usage: Boolean
}

structure ListInstancesReply {
    @required
    Instances: InstanceStateList
}

list InstanceStateList {
    member: InstanceState
}

enum InstancePhase {
    // What it needs is being made.
    starting
    running
    stopping
    ended
}

structure InstanceState {
    @required
    Id: ProcessId
    @required
    Phase: InstancePhase
    @required
    Boot: Integer
    Pid: Integer
    ExitCode: Integer
    Signal: Integer
    // Why it could not start.
    Reason: String
    CpuNs: Long
    MemoryBytes: Long
    OomKills: Long
    RxBytes: Long
    TxBytes: Long
    RxPackets: Long
    TxPackets: Long
    ReadBytes: Long
    WriteBytes: Long
    ReadOps: Long
    WriteOps: Long
}

enum InstanceDoor {
    // A connection to the instance's init (guest/control.h).
    control
    // What it wrote to its console, a file.
    console
}

// The descriptor travels with the reply.
structure OpenInstanceRequest {
    @required
    Id: ProcessId
    @required
    Door: InstanceDoor
}

structure OpenInstanceReply {}

// --- volumes ---

enum VolumePhase {
    making
    ready
    failed
}

structure VolumeState {
    @required
    Id: ProcessId
    @required
    Phase: VolumePhase
    SizeMiB: Integer
    UsedBytes: Long
    // Instance that it is attached to.
    Instance: ProcessId
    Device: ProcessId
    Snapshot: Boolean
    Reason: String
}

list VolumeStateList {
    member: VolumeState
}

// A key of 64 bytes (AES-256-XTS) comes as a descriptor of a sealed memory file with the request,
// when Encrypted.
structure EnsureVolumeRequest {
    @required
    Id: ProcessId
    @required
    SizeMiB: Integer
    // Made of a snapshot, or as the root of an image; else empty, and a file system is the guest's
    // business.
    Snapshot: ProcessId
    Image: ProcessId
    Encrypted: Boolean
}

structure EnsureVolumeReply {
    @required
    Volume: VolumeState
}

structure RemoveVolumeRequest {
    @required
    Id: ProcessId
}

structure RemoveVolumeReply {}

structure AttachVolumeRequest {
    @required
    Volume: ProcessId
    @required
    Instance: ProcessId
    @required
    Device: ProcessId
    Encrypted: Boolean
}

structure AttachVolumeReply {
    @required
    Volume: VolumeState
}

structure DetachVolumeRequest {
    @required
    Volume: ProcessId
    Force: Boolean
}

structure DetachVolumeReply {
    @required
    Volume: VolumeState
}

structure EnsureSnapshotRequest {
    @required
    Id: ProcessId
    // Volume, or snapshot, that it is a copy of.
    @required
    Of: ProcessId
    // With a key, when a copy of what is not encrypted is to be; what is has its own.
    Encrypted: Boolean
}

structure EnsureSnapshotReply {
    @required
    Volume: VolumeState
}

structure RemoveSnapshotRequest {
    @required
    Id: ProcessId
}

structure RemoveSnapshotReply {}

structure ListVolumesRequest {}

structure ListVolumesReply {
    @required
    Volumes: VolumeStateList
}

// In place of a reply.
structure Failure {
    @required
    Message: String
}
